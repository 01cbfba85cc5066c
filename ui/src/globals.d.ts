/** Whether the in-memory stand-in for the engine is part of this build: in development and in tests, never in a release. */
declare const __FAKE_IPC__: boolean;
