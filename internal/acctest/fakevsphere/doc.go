// Package fakevsphere is a small vCenter behind the interface of the vSphere client, for unit tests of resources: it has a few
// objects, and fields that make its calls and tasks fail. The behaviour of vCenter itself is the simulator's.
package fakevsphere
