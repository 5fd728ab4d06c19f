// Package fuzz sends random calls to a running simulator: every SOAP method and every REST path of the embedded vCenter, and every API of the
// embedded management node, well-formed and malformed, with ids that exist and ids that do not.
//
// All calls are dealt into episodes of [EpisodeCalls]. Each episode is a simulator process of its own, and follows from the seed and its number.
// In an episode
//
//   - each call gets an answer: the connection is not cut, and no answer tells of a panic,
//   - no lock is kept: the properties of all objects can be read, and all that the management node lists,
//   - the process lives, and a SIGTERM ends it with nothing that hangs.
//
// A call that is not answered within a minute hangs: the process is then made to print its goroutines.
package fuzz
