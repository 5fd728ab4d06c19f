// Package launcher stands between a CLI and its providers, and accounts for them: it starts the real provider in its own place,
// with everything passed through, and when that ends writes down what it took of the machine. It is on the standard library
// alone, so that it adds next to nothing to what is measured.
package launcher
