package zstack

import (
	"net/http"
	"runtime"
	"strings"
	"testing"
)

// stackRecorder answers every request, and keeps the frames of this module above the last one.
type stackRecorder struct{ frames []string }

// RoundTrip implements http.RoundTripper.
func (s *stackRecorder) RoundTrip(r *http.Request) (*http.Response, error) {
	s.frames = nil
	callers := make([]uintptr, 100)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for frame, more := frames.Next(); more; frame, more = frames.Next() {
		if strings.Contains(frame.Function, "vmfork/internal/") && !strings.HasSuffix(frame.File, "_test.go") {
			s.frames = append(s.frames, frame.Function[strings.LastIndexByte(frame.Function, '/')+1:])
		}
	}

	return &http.Response{StatusCode: http.StatusAccepted, Body: http.NoBody, Request: r}, nil
}

// TestStack keeps the stack of a create short, and readable downward: the call, its job, the connection, and no function value
// that is called back.
func TestStack(t *testing.T) {
	t.Parallel()
	client, err := New(Config{Endpoint: "zstack.test", AccessKeyID: "id", AccessKeySecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	recorder := new(stackRecorder)
	client.conn.HTTP.Transport = recorder
	if _, err := client.CreateSnapshotGroup(t.Context(), SnapshotGroupSpec{RootVolumeUUID: golden, Name: "s"}); err != nil {
		t.Fatal(err)
	}
	stack := strings.Join(recorder.frames, "\n")
	t.Logf("from the exchange up:\n%s", stack)
	if len(recorder.frames) > 5 || strings.Contains(stack, ".func") {
		t.Errorf("%d frames", len(recorder.frames))
	}
}
