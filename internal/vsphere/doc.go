// Package vsphere is the vSphere client of the provider: one file for each API call or family of calls, on vim25, as SOAP or as
// VI/JSON, and REST (/api).
//
//   - Package conn below it is the connection: login, transport, retries and errors. Every error is an [apierr.Error], whose kind is
//     decided by fault type or vAPI error_type, never by text.
//   - Package wait is how tasks and properties are awaited.
//   - Reads that arrive within a few milliseconds of one another are one RetrievePropertiesEx or one REST list (package batch).
//
// Names are literal on this package's surface; vim25's escapes (%25, %2f, %5c) are handled inside. Inventory paths keep
// the escapes, because a name may contain a slash.
package vsphere
