// Package bare is a provider of the same shape as the real one, which does nothing: the same schemas, and resources that take
// their plan for what came of it. What an apply of it costs is what the CLI, the plugin protocol and the framework cost, and so
// the engine's floor under the real provider.
package bare
