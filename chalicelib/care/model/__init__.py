"""The rules of the loop: pure functions and frozen structs, no AWS and no clock."""
