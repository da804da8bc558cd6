//! Files as clients see them.
