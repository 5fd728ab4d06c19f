//go:build chaos_no_settle

package task

// See settle_step.go.
const settles = false
