package serving

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// ControlPrefix begins the paths of the control endpoint.
	ControlPrefix = "/_control/"
	// MaxBody is how long the body of a request may be.
	MaxBody = 32 << 20
)

// IsControl reports whether a request is for the control endpoint.
func IsControl(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, ControlPrefix) }

// Answers serves what get returns as JSON.
func Answers[T any](get func() T) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { WriteJSON(w, http.StatusOK, get()) }
}

// Does serves a function without arguments that cannot fail; the answer is empty.
func Does(act func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		act()
		w.WriteHeader(http.StatusNoContent)
	}
}

// Takes serves a function that takes a body. The answer is empty, or 400 with {"error": …}; a field that the function
// does not know is an error as well. No body means the zero value.
func Takes[T any](act func(T, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body T
		decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, MaxBody))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&body)
		if errors.Is(err, io.EOF) {
			err = nil // no body
		}
		if err == nil {
			err = act(body, r)
		}
		if err != nil {
			WriteJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})

			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// Duration is a duration that is written as text: "200ms".
type Duration time.Duration

// UnmarshalJSON implements [json.Unmarshaler].
func (d *Duration) UnmarshalJSON(text []byte) error {
	var written string
	if err := json.Unmarshal(text, &written); err != nil {
		return errors.New("a duration is a text such as 200ms")
	}
	if written == "" {
		*d = 0

		return nil
	}
	duration, err := time.ParseDuration(written)
	if err != nil {
		return errors.New("a duration is a text such as 200ms, not " + written)
	}
	*d = Duration(duration)

	return nil
}

// WriteJSON answers with a body as JSON; nil is no body.
func WriteJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)

		return
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)

		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}

// WriteProxyError answers with a page, as a proxy does that cannot reach the platform, and not with an error of the API.
func WriteProxyError(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<html><body><h1>"+http.StatusText(status)+"</h1></body></html>")
}
