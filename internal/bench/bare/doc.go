// Package bare is a provider of the same shape as the real one, which does nothing: the same schemas, and resources that take
// their plan for what came of it. What an apply of it costs is what the CLI, the plugin protocol and the framework cost, and so
// the engine's floor under the real provider.
//
// Since its schemas are the real provider's own, its program holds the same packages, which have taken about 8 MiB when it starts: that
// much of its memory would be less in a program that has the framework alone.
package bare
