// Package conn is the connection to a ZStack management node: configuration, login or access key, one HTTP exchange, what of it
// is repeated, and what its errors mean. It knows requests and answers, and none of ZStack's objects.
//
//   - The first request logs in with an account, once for all callers that wait, or each request is signed with an access key
//     (login.go, access_key.go). A session that ZStack dropped is replaced by one login that all callers share.
//   - Every error is an [apierr.Error]; its kind is decided by ZStack's code, or without one by the HTTP status, never by text
//     (errors.go).
//   - What is repeated is the policy of package httpapi (requests.go).
package conn
