"""What strings need in machine code, for characters of one byte and of two (LLVM text)."""

from __future__ import annotations

# Appends `count` characters of `from`, the first of them `first` (from 0), at `at`; gives the new end.
_APPEND = """
define internal i64 @append.KIND(ptr %to, i64 %room, i64 %at, ptr %from, i64 %first, i64 %count) {
  %length = call i64 @LENGTH(ptr %from)
  %f1 = call i64 @llvm.smax.i64(i64 %first, i64 0)
  %f2 = call i64 @llvm.smin.i64(i64 %f1, i64 %length)
  %rest = sub i64 %length, %f2
  %free = sub i64 %room, %at
  %c1 = call i64 @llvm.smax.i64(i64 %count, i64 0)
  %c2 = call i64 @llvm.smin.i64(i64 %c1, i64 %rest)
  %c3 = call i64 @llvm.smin.i64(i64 %c2, i64 %free)
  %target = getelementptr KIND, ptr %to, i64 %at
  %source = getelementptr KIND, ptr %from, i64 %f2
  %bytes = mul i64 %c3, WIDTH
  call void @llvm.memmove.p0.p0.i64(ptr %target, ptr %source, i64 %bytes, i1 false)
  %end = add i64 %at, %c3
  ret i64 %end
}
define internal void @finish.KIND(ptr %to, i64 %room, i64 %at) {
  %target = getelementptr KIND, ptr %to, i64 %at
  %free = sub i64 %room, %at
  %count = add i64 %free, 1
  %bytes = mul i64 %count, WIDTH
  call void @llvm.memset.p0.i64(ptr %target, i8 0, i64 %bytes, i1 false)
  ret void
}
"""
# strlen, strcmp and the place of strstr (from 0, or -1), for characters of two bytes.
WIDE = """
define internal i64 @wide.length(ptr %s) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %place = getelementptr i16, ptr %s, i64 %i
  %c = load i16, ptr %place, align 1
  %next = add i64 %i, 1
  %end = icmp eq i16 %c, 0
  br i1 %end, label %done, label %loop
done:
  ret i64 %i
}
define internal i32 @wide.compare(ptr %a, ptr %b) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %pa = getelementptr i16, ptr %a, i64 %i
  %pb = getelementptr i16, ptr %b, i64 %i
  %ca = load i16, ptr %pa, align 1
  %cb = load i16, ptr %pb, align 1
  %next = add i64 %i, 1
  %same = icmp eq i16 %ca, %cb
  %more = icmp ne i16 %ca, 0
  %on = and i1 %same, %more
  br i1 %on, label %loop, label %done
done:
  %wa = zext i16 %ca to i32
  %wb = zext i16 %cb to i32
  %order = sub i32 %wa, %wb
  ret i32 %order
}
define internal i64 @wide.find(ptr %where, ptr %what) {
entry:
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %further, %differs ]
  %from = getelementptr i16, ptr %where, i64 %i
  br label %inner
inner:
  %j = phi i64 [ 0, %outer ], [ %next, %same ]
  %pb = getelementptr i16, ptr %what, i64 %j
  %cb = load i16, ptr %pb, align 1
  %all = icmp eq i16 %cb, 0
  br i1 %all, label %found, label %compare
compare:
  %pa = getelementptr i16, ptr %from, i64 %j
  %ca = load i16, ptr %pa, align 1
  %equal = icmp eq i16 %ca, %cb
  br i1 %equal, label %same, label %differs0
same:
  %next = add i64 %j, 1
  br label %inner
differs0:
  %end = icmp eq i16 %ca, 0
  br i1 %end, label %missing, label %differs
differs:
  %further = add i64 %i, 1
  br label %outer
found:
  ret i64 %i
missing:
  ret i64 -1
}
"""
# Characters of one byte as characters of two and back; what Latin-1 has not becomes a question mark.
BETWEEN = """
define internal i8 @narrow.character(i16 %c) {
  %beyond = icmp ugt i16 %c, 255
  %low = trunc i16 %c to i8
  %one = select i1 %beyond, i8 63, i8 %low
  ret i8 %one
}
define internal i16 @widen.character(i8 %c) {
  %one = zext i8 %c to i16
  ret i16 %one
}
define internal void @narrow(ptr %to, ptr %from, i64 %count) {
COPY(i8, i16, narrow)
}
define internal void @widen(ptr %to, ptr %from, i64 %count) {
COPY(i16, i8, widen)
}
"""
_COPY = """entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %more ]
  %end = icmp uge i64 %i, %count
  br i1 %end, label %done, label %more
more:
  %source = getelementptr FROM, ptr %from, i64 %i
  %target = getelementptr TO, ptr %to, i64 %i
  %c = load FROM, ptr %source, align 1
  %one = call TO @NAME.character(FROM %c)
  store TO %one, ptr %target, align 1
  %next = add i64 %i, 1
  br label %loop
done:
  ret void"""
# The shortest decimal text that reads back as the same number, always with a point or an exponent.
REAL_TEXT = """
@format.g = private unnamed_addr constant [5 x i8] c"%.*g\\00"
@format.marks = private unnamed_addr constant [5 x i8] c".ein\\00"
@format.zero = private unnamed_addr constant [3 x i8] c".0\\00"
define internal void @real_text(ptr %to, double %x, i32 %least, i32 %most, i1 %single) {
entry:
  br label %try
try:
  %digits = phi i32 [ %least, %entry ], [ %more, %again ]
  %n = call i32 (ptr, i64, ptr, ...) @snprintf(ptr %to, i64 32, ptr @format.g, i32 %digits, double %x)
  %back = call double @strtod(ptr %to, ptr null)
  %narrow = fptrunc double %back to float
  %widened = fpext float %narrow to double
  %read = select i1 %single, double %widened, double %back
  %same = fcmp ueq double %read, %x
  %last = icmp sge i32 %digits, %most
  %stop = or i1 %same, %last
  br i1 %stop, label %done, label %again
again:
  %more = add i32 %digits, 1
  br label %try
done:
  %mark = call ptr @strpbrk(ptr %to, ptr @format.marks)
  %bare = icmp eq ptr %mark, null
  br i1 %bare, label %point, label %out
point:
  %z = call ptr @strcat(ptr %to, ptr @format.zero)
  br label %out
out:
  ret void
}
"""


def append(width: int) -> str:
    """@append and @finish for characters of so many bytes."""
    length = {1: "strlen", 2: "wide.length"}[width]
    return _APPEND.replace("KIND", f"i{8 * width}").replace("LENGTH", length).replace("WIDTH", str(width))


def between() -> str:
    """@narrow and @widen, for characters and for so many of them in a row."""
    text = BETWEEN
    for to, source, name in (("i8", "i16", "narrow"), ("i16", "i8", "widen")):
        body = _COPY.replace("FROM", source).replace("TO", to).replace("NAME", name)
        text = text.replace(f"COPY({to}, {source}, {name})", body)
    return text
