// Package serving is what simulators of different platforms have in common: a listener with a certificate of its own,
// request counts, injected faults, and the plumbing of the control endpoint.
package serving
