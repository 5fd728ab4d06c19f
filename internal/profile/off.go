//go:build !profiled

// Package profile records a CPU profile of a provider process, in builds with the tag profiled.
package profile

// Start does nothing in a build without the tag profiled.
func Start() (stop func()) { return func() {} }
