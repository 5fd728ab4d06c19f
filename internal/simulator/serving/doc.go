// Package serving holds what the simulators of all platforms have in common: a listener with a certificate of its own,
// request counts, injected faults, and the plumbing of the control endpoint.
package serving
