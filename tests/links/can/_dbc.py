"""DBC files of the tests: both byte orders, scaling, floats, multiplexers one in another, CAN FD."""

HEAD = 'VERSION ""\nNS_ :\nBS_:\nBU_: PLC Bench\n'

DRIVE = (
    HEAD
    + """
BO_ 256 Feedback: 8 Bench
 SG_ Speed : 0|16@1- (0.125,0) [-4096|4095] "rad/s" PLC
 SG_ Current : 23|16@0- (0.01,-5) [-300|300] "A" PLC
 SG_ Voltage : 32|32@1- (1,0) [0|0] "V" PLC

BO_ 512 Many: 8 Bench
 SG_ Kind M : 0|4@1+ (1,0) [0|15] "" PLC
 SG_ Count : 4|4@1+ (1,0) [0|15] "" PLC
 SG_ A m0 : 8|16@1+ (0.5,0) [0|100] "" PLC
 SG_ B m1 : 15|12@0- (1,0) [0|0] "" PLC

BO_ 2147484416 Nested: 8 Bench
 SG_ Outer M : 0|8@1+ (1,0) [0|0] "" PLC
 SG_ Inner m1M : 8|8@1+ (1,0) [0|0] "" PLC
 SG_ X m0 : 16|8@1+ (1,0) [0|0] "" PLC
 SG_ Y m2 : 16|8@1- (2,1) [0|0] "" PLC
 SG_ Z m3 : 24|16@0+ (1,0) [0|0] "" PLC

BO_ 1024 Wide: 64 Bench
 SG_ First : 0|64@1- (1,0) [0|0] "" PLC
 SG_ Last : 448|64@1- (1,0) [0|0] "" PLC

SIG_VALTYPE_ 256 Voltage : 1;
SIG_VALTYPE_ 1024 Last : 2;
SG_MUL_VAL_ 2147484416 Inner Outer 1-1;
SG_MUL_VAL_ 2147484416 X Outer 0-0;
SG_MUL_VAL_ 2147484416 Y Inner 2-2;
SG_MUL_VAL_ 2147484416 Z Inner 3-3;
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","StandardCAN_FD","ExtendedCAN_FD";
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_DEF_DEF_ "VFrameFormat" "StandardCAN";
BA_ "GenMsgCycleTime" BO_ 256 10;
BA_ "VFrameFormat" BO_ 1024 2;
"""
)
