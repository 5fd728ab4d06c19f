// Package wording keeps comments and documentation in plain English: its test scans the whole checkout for the words of a short list.
//
// Two rules apply. Code is not a person: a comment calls a goroutine, a caller or a request "it". A mechanism has the name that the field
// uses for it, such as batch, queue, poll or outcome. To check one folder with the folders below it:
//
//	go test ./internal/acctest/wording -run TestWords/internal/provider
package wording
