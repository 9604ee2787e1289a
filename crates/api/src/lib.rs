//! The HTTP server: translates between JSON or bytes and the node.
