"""x"""
def sounded(text: str) -> str:
    return ""
