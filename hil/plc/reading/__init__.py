"""Text to syntax.py: lexer > cursor > parse_expressions > parse_statements > parse_types > parse_units > parser."""
