{{ divisions() }}
