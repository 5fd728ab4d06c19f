//go:build !chaos_no_settle

package task

// settles says that [Settle] does its work. The build tag chaos_no_settle takes it away, which plants the bug that the chaos
// suite must find: an interrupted task is taken for one that made nothing.
const settles = true
