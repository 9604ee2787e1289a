//! JSON types of the HTTP interface and the command line.
