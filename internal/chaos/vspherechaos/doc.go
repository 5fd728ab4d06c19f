// Package vspherechaos implements [chaos.Platform] for vSphere: the embedded vCenter, random configurations of all resources for
// it, and everything that can go wrong with it.
package vspherechaos
