"""Tree to LLVM's text: emit, module > lower_strings > lower_values > lower_objects > lower_statements > lower."""
