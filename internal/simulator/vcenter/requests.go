package vcenter

import "github.com/vmfork/terraform-provider-vmfork/internal/simulator/serving"

// RequestCounts says what was asked of the server. Calls to the control endpoint are not counted.
type RequestCounts = serving.RequestCounts

// Requests returns how many requests came since the server started or ResetRequests was called.
func (s *Server) Requests() RequestCounts { return s.requests.Counts() }

// ResetRequests sets all request counts to zero.
func (s *Server) ResetRequests() { s.requests.Reset() }

// TraceRequests has every request told to a function from now on, when it was answered. Several may be told at the same time.
func (s *Server) TraceRequests(tell func(serving.Exchange)) { s.requests.Trace(tell) }
