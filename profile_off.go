//go:build !profiled

package main

// startProfile does nothing: only the bench builds a provider that is profiled.
func startProfile() (stop func()) { return func() {} }
