// Package launcher stands between a CLI and its providers, and accounts for them: it starts the real provider in its own place,
// with everything passed through, and when that ends records the CPU time and memory that it took. It is on the standard library
// alone, so that it adds next to nothing to what is measured.
package launcher
