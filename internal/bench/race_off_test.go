//go:build !race

package bench

// underRace says that the race detector is on.
const underRace = false
