package httpapi

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfterError is in the chain of the error for an answer that said when to come back.
type RetryAfterError struct {
	Pause time.Duration
}

// Error describes the request in one line.
func (e *RetryAfterError) Error() string { return fmt.Sprintf("come back after %s", e.Pause) }

// RetryAfter reads the header Retry-After, which holds seconds or a date (RFC 9110, 10.2.3). It returns nil without one
// that makes sense.
func RetryAfter(header http.Header, now time.Time) *RetryAfterError {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return &RetryAfterError{Pause: time.Duration(seconds) * time.Second}
	}
	if at, err := http.ParseTime(text); err == nil {
		return &RetryAfterError{Pause: max(0, at.Sub(now).Round(time.Second))}
	}

	return nil
}

// askedPause is the pause that the server asked for, as far as it is reasonable.
func askedPause(err error) time.Duration {
	if asked, ok := errors.AsType[*RetryAfterError](err); ok {
		return min(asked.Pause, longestAsked)
	}

	return 0
}
