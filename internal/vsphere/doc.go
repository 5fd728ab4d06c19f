// Package vsphere is the vSphere client of the provider: vim25, as SOAP or as VI/JSON, and REST (/api) on one login.
//
// Everything here aims at few requests and at never losing a task:
//
//   - The first call connects: service content, one Login, and POST /api/session once REST is needed. An expired session
//     is replaced by one login that all callers share, and each call is repeated once (session.go).
//   - Reads that arrive within a few milliseconds of one another are one RetrievePropertiesEx or one REST list (httpapi).
//   - All CIS tasks in flight are polled by one list call (cis_poller.go), and all vim25 tasks and awaited properties by
//     one PropertyCollector with one WaitForUpdatesEx loop (watch.go).
//   - What several tasks of ours want of one VM at a time is asked for in turn (turns.go, queued_task.go).
//   - Every error is an [apierr.Error]; its kind is decided by fault type or vAPI error_type (fault.go, rest_error.go),
//     never by text. What may be repeated is decided in one place (httpapi).
//
// Names are literal on this package's surface; vim25's escapes (%25, %2f, %5c) are handled inside. Inventory paths keep
// the escapes, because a name may contain a slash.
package vsphere
