//! The catalogue through its public interface.
