// Package tfattr holds what the schemas of several services share: attributes that every resource has, validators of ids
// and names, the [Duration] type, and the shape of a vSphere VM's devices.
//
// Validators check what can be told without asking the platform. Each says in its diagnostic what was given, what is
// wanted and an example of it. They are silent about null and unknown values.
package tfattr
