// Package settings has the arguments for what is configured of a VM beside its devices, each with its part of a schema, a model, the
// request and the plan's checks: the settings of its configuration file (extra_config.go) and its annotation (annotation.go). A
// resource's model embeds the structs of this package.
package settings
