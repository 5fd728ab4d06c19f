package vcenter

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
)

// emptiedKey is the context key of what a request empties.
type emptiedKey struct{}

// noteEmptied stores in the request's context which parameters are given as empty texts. govmomi's types do not tell them
// from those that are not given, but RenameSnapshot and ReconfigVM_Task do: they clear the one and keep the other.
func noteEmptied(r *http.Request, came arrival, body []byte) *http.Request {
	if came.method != "RenameSnapshot" && came.method != "ReconfigVM_Task" {
		return r
	}
	emptied := map[string]bool{}
	if came.json != nil {
		var given map[string]any
		if json.Unmarshal(body, &given) == nil {
			for name, value := range given {
				emptied[name] = value == ""
			}
		}
	} else {
		emptied = emptyElements(body)
	}

	return r.WithContext(context.WithValue(r.Context(), emptiedKey{}, emptied))
}

// emptyElements returns the names of the elements that hold nothing.
func emptyElements(body []byte) map[string]bool {
	empty := map[string]bool{}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	last := "" // the element that was opened just now
	for {
		token, err := decoder.Token()
		if err != nil {
			return empty
		}
		switch token := token.(type) {
		case xml.StartElement:
			last = token.Name.Local
		case xml.EndElement:
			if token.Name.Local == last {
				empty[last] = true
			}
			last = ""
		default:
			last = ""
		}
	}
}

// empties reports whether the request of a call gives a parameter as an empty text.
func (c *call) empties(name string) bool {
	return requestOf(c.ctx).emptied[name]
}
