//! The open library: everything that belongs to the place it lives in. Swapped as a whole when the place changes.
