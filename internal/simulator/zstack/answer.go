package zstack

import (
	"io"
	"net/http"
)

// failed is the body of an answer that tells an error.
func failed(failure *errorCode) map[string]*errorCode { return map[string]*errorCode{"error": failure} }

// answer writes a body as JSON; nil is an empty object. As the platform promises no content type, none is sent.
func (s *Server) answer(w http.ResponseWriter, status int, body any) {
	encoded, err := s.encode(body)
	if err != nil {
		writeText(w, refuse(http.StatusInternalServerError, "%v", err))

		return
	}
	w.Header()["Content-Type"] = nil
	w.WriteHeader(status)
	_, _ = w.Write(encoded)
}

// writeText answers with the text of the REST layer's refusal.
func writeText(w http.ResponseWriter, refused *refusal) {
	w.Header()["Content-Type"] = nil
	w.WriteHeader(refused.status)
	_, _ = io.WriteString(w, refused.text)
}
