// Package zstackchaos plays ZStack for the adversary: the embedded management node, random configurations of all resources for
// it, and everything that can go wrong with it.
package zstackchaos
