// Package wait is how the tasks and properties of one vCenter are awaited, with few requests.
//
//   - Short vim25 tasks are looked at together, by one RetrievePropertiesEx when the first of them is due (watcher.go). Those that
//     take longer than a second are told of by one PropertyCollector and one WaitForUpdatesEx loop (collector.go).
//   - All CIS tasks in flight are polled by one list call (cis_task.go).
//   - When a task is due is learned from the ones before it (package poll).
//   - Once vCenter said that a method takes no two tasks at a time on an object, those of this process go one at a time (queue.go).
package wait
