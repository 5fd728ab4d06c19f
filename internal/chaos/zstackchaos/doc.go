// Package zstackchaos implements [chaos.Platform] for ZStack: the embedded management node, random configurations of all resources for
// it, and everything that can go wrong with it.
package zstackchaos
