//go:build !unix

package main

// ignoreBackgroundReads has nothing to do where there are no background jobs.
func ignoreBackgroundReads() {}
