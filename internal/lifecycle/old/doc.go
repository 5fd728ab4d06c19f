// Package lifecycle is what the life of everything that a task makes has in common, whatever the platform: a thing's id is
// known only when its task ends, so what happens to a task that can't be waited for must never be guessed.
//
//   - making.go: a [Making] starts a task and sees it through; its [Fate] is what became of it.
//   - search.go: how what was lost sight of is looked for.
//   - resolution.go: what became of a making that an earlier apply left pending.
//   - fate.go: what of a fate goes into state, and what is said about it.
//   - session.go, claims.go, seen.go, memo.go, queue.go: what resources share that are worked on together, and what is in state.
//   - retry.go, private.go, timeouts.go, values.go: trying again, what is stored beside the state, how long operations may take,
//     and the words in which plans are compared.
//
// It knows no platform and no client.
package lifecycle
