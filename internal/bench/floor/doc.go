// Package floor does what a scenario of the bench needs of a platform, with nothing around it: the operations that make, read,
// change and end objects, at a given concurrency, on one session, waiting with one shared loop. It knows the objects that it made
// and how long a task takes, it checks nothing beforehand and repeats nothing. Its cost is the lower bound of the provider's cost.
//
// It stands on govmomi and net/http alone, so that it shares no code, and no mistake, with the provider's own clients.
package floor
