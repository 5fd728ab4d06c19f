// Package fakevsphere is a small vCenter behind the interface of the vSphere client, for unit tests of resources: it has a few
// objects, and knobs for everything that can go wrong with them. What vCenter itself does is the simulator's to show.
package fakevsphere
