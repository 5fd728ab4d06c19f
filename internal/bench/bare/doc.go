// Package bare is a provider of the same shape as the real one, which does nothing: attributes of the same names and types, and
// resources that take their plan for what came of it. What an apply of it costs is what the CLI, the plugin protocol and the
// framework cost, and so the engine's floor under the real provider.
//
// It gets its shape as JSON and imports the framework alone, so that neither the real provider's packages nor its validators are part
// of what it costs.
package bare
