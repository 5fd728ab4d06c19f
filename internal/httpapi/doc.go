// Package httpapi is what the clients of both platforms need of HTTP, and nothing that is particular to one of them:
//
//   - which server is trusted (trust.go) and how far a request got (transport.go), which decides whether it may be repeated;
//   - the classification of failures on the way and of HTTP statuses (call.go);
//   - the policy of what is repeated, how often and after which pause (retry.go, retry_after.go);
//   - reads that arrive together as one call (batch.go);
//   - attempts that several callers share, and work that outlives its first caller (lifetime.go).
package httpapi
