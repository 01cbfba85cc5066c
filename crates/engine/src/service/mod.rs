//! The typed client of the account service.
