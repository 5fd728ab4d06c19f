package zstack

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// responder writes the answers of the API.
type responder struct {
	floats bool // integers are written as floating-point numbers, see Options.FloatNumbers
}

// failed is the body of an answer that reports an error.
func failed(failure *errorCode) map[string]*errorCode { return map[string]*errorCode{"error": failure} }

// answer writes a body as JSON; nil is an empty object. The platform sends no content type, and neither does answer.
func (r responder) answer(w http.ResponseWriter, status int, body any) {
	encoded, err := r.encode(body)
	if err != nil {
		writeText(w, refuse(http.StatusInternalServerError, "%v", err))

		return
	}
	w.Header()["Content-Type"] = nil
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}

// encode writes a body as JSON, with numbers as the server's version writes them.
func (r responder) encode(body any) (json.RawMessage, error) {
	if body == nil {
		body = struct{}{}
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the answer: %w", err)
	}
	if !r.floats {
		return encoded, nil
	}

	return floatNumbers(encoded)
}

// writeText answers with the text of the REST layer's refusal.
func writeText(w http.ResponseWriter, refused *refusal) {
	w.Header()["Content-Type"] = nil
	w.WriteHeader(refused.status)
	_, _ = io.WriteString(w, refused.text)
}
