// Package labels has the arguments for what vCenter itself keeps of a VM, by its managed object id: its tags and its custom attributes, with
// their part of a schema, a model, the steps after a creation and of a change, and the plan's checks. The model of a resource embeds [Labels].
package labels
