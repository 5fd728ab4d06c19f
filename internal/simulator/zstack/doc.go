// Package zstack is an embedded ZStack management node: its REST layer and the world behind it, written from the
// specification. Many servers live in one process, each with an inventory, delays and faults of its own.
package zstack
