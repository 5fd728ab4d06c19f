// Package conn is the connection of the vSphere client to one vCenter: login, vim25 methods as SOAP or VI/JSON, REST (/api),
// property reads, and the mapping of faults and REST errors to [apierr.Error].
//
// The first call connects: service content, one Login, and POST /api/session once REST is needed. A session that expired is
// replaced by one login that all callers share, and each call is repeated once. What may be repeated is decided by package httpapi.
package conn
