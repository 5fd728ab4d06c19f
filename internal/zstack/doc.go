// Package zstack is the ZStack client of the provider, on net/http alone: the API calls and what they read. It stands on the
// specification of CloneVmInstance and on what the open parts of ZStack show about the wire.
//
// Everything here aims at few requests and at never losing a job:
//
//   - Package conn holds the connection: login, one HTTP exchange, repetition, errors.
//   - Package job sends asynchronous calls and polls their jobs; clones that differ only in their names share one call.
//   - Reads that arrive together are one query (reads.go, query.go).
//   - Numbers may be written 1.0 or 8.58E9 (number.go, wire.go).
//
// Deadlines are the caller's: a restart of the management node can leave a job at "running" for ever.
package zstack
