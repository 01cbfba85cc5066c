//! The library as people see it: layout, rows, facts, edits, trash, download.
